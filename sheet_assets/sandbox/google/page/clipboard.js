// A block of cells as spreadsheets exchange it: lines of values parted by tabs, quoted where needed.

import { rangeName } from "./a1.js";

export function listenToClipboard(sheet, field) {
  const copy = (event) => {
    if (sheet.editor.editing) return false;
    event.preventDefault();
    const { rectangle } = sheet.selection;
    const rows = sheet.cells.within(rectangle);
    if (!rows) {
      const range = rangeName(rectangle);
      sheet.tell.refused(`${range} was not copied: not all of it was read yet. Scroll through it first.`);
      return false;
    }
    const texts = rows.map((row) => row.map((cell) => cell?.formattedValue ?? ""));
    event.clipboardData.setData("text/plain", blockText(texts));
    return true;
  };
  field.addEventListener("copy", copy);
  field.addEventListener("cut", (event) => copy(event) && sheet.clear());
  field.addEventListener("paste", (event) => {
    if (sheet.editor.editing || !sheet.writable) return;
    event.preventDefault();
    const text = event.clipboardData.getData("text/plain");
    if (text) sheet.paste(parseBlock(text));
  });
}

export function parseBlock(text) {
  const rows = [[]];
  let [value, quoted, place] = ["", false, 0];
  const ends = () => {
    rows.at(-1).push(value);
    value = "";
  };
  for (; place < text.length; place += 1) {
    const letter = text[place];
    if (quoted) {
      if (letter !== '"') value += letter;
      else if (text[place + 1] === '"') value += text[(place += 1)];
      else quoted = false;
    } else if (letter === '"' && value === "" && closes(text, place + 1)) quoted = true;
    else if (letter === "\t") ends();
    else if (letter === "\n" || letter === "\r") {
      if (letter === "\r" && text[place + 1] === "\n") place += 1;
      ends();
      rows.push([]);
    } else value += letter;
  }
  // A line break at the end begins no row.
  if (value !== "" || rows.at(-1).length || rows.length === 1) ends();
  else rows.pop();
  const width = Math.max(...rows.map((row) => row.length));
  return rows.map((row) => [...row, ...new Array(width - row.length).fill("")]);
}

export function blockText(rows) {
  return rows.map((row) => row.map(quotedWhereNeeded).join("\t")).join("\n");
}

// Whether the quote that begins a value ends it, too: else it is a letter like any other.
function closes(text, from) {
  for (let place = from; place < text.length; place += 1) {
    if (text[place] !== '"') continue;
    if (text[place + 1] === '"') place += 1;
    else return place + 1 === text.length || "\t\r\n".includes(text[place + 1]);
  }
  return false;
}

function quotedWhereNeeded(value) {
  return /[\t\r\n]|^"/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
