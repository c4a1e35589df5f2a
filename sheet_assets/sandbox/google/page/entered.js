// What was entered into a cell: as text to edit, and as a value to put back. From Google's CellData.

const DATES = new Set(["DATE", "TIME", "DATE_TIME"]);
// These would become something else if they were typed.
const NOT_TEXT = /^(?:['=+@].*|[\d\s.,:/%$€£₩()-]+|true|false|#[a-z/0-9]+[!?]?)$/is;

export function textOf(data) {
  const value = data?.userEnteredValue;
  if (!value) return "";
  if ("formulaValue" in value) return value.formulaValue;
  if ("boolValue" in value) return value.boolValue ? "TRUE" : "FALSE";
  if ("stringValue" in value) {
    return NOT_TEXT.test(value.stringValue) ? `'${value.stringValue}` : value.stringValue;
  }
  const type = data.effectiveFormat?.numberFormat?.type;
  if (DATES.has(type)) return data.formattedValue;
  if (type === "PERCENT") return `${Number((value.numberValue * 100).toPrecision(15))}%`;
  return String(value.numberValue);
}

// For values.update with USER_ENTERED, so that the cell holds the same again.
export function valueOf(data) {
  const value = data?.userEnteredValue;
  if (!value) return "";
  return value.formulaValue ?? value.numberValue ?? value.boolValue ?? `'${value.stringValue}`;
}

// What counts in a sum: a date is a number, too, but no amount.
export function amountOf(data) {
  if (DATES.has(data?.effectiveFormat?.numberFormat?.type)) return undefined;
  return (data?.effectiveValue ?? data?.userEnteredValue)?.numberValue;
}

// `number`, `boolean`, `text`, `error` or `blank`: how it is aligned and drawn.
export function kindOf(data) {
  const value = data?.effectiveValue ?? data?.userEnteredValue;
  if (!value) return "blank";
  if ("numberValue" in value) return "number";
  if ("boolValue" in value) return "boolean";
  return "errorValue" in value ? "error" : "text";
}
