// A1 notation: cells and ranges as people and the API write them. Rows and columns count from 0.

export function letters(column) {
  let text = "";
  for (let rest = column + 1; rest > 0; rest = Math.floor((rest - 1) / 26)) {
    text = String.fromCharCode(65 + ((rest - 1) % 26)) + text;
  }
  return text;
}

export function cellName(row, column) {
  return `${letters(column)}${row + 1}`;
}

// A rectangle's last row and column belong to it.
export function rangeName({ top, left, bottom, right }) {
  const first = cellName(top, left);
  return top === bottom && left === right ? first : `${first}:${cellName(bottom, right)}`;
}

export function inTab(title, range) {
  return `'${title.replaceAll("'", "''")}'!${range}`;
}

// `C17`, `$C$17`, `Responses!C17` or `'My tab'!C17`; null when it is none of these.
export function parseCell(text) {
  const found = /^(?:(?:'((?:[^']|'')+)'|([^'!]+))!)?\$?([a-z]{1,3})\$?([1-9]\d{0,6})$/i.exec(text.trim());
  if (!found) return null;
  let column = 0;
  for (const letter of found[3].toUpperCase()) column = column * 26 + letter.charCodeAt(0) - 64;
  return {
    title: found[1]?.replaceAll("''", "'") ?? found[2] ?? null,
    row: Number(found[4]) - 1,
    column: column - 1,
  };
}
