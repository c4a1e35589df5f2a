// The field that a cell is edited in. It lies unseen on the active cell and has the focus, so that
// typing begins an edit in any script, also through an input method.

const COARSE = matchMedia("(pointer: coarse)");

export class Editor {
  editing = false;
  // While typing over a cell the arrow keys end the edit; after F2, Enter or a double click they
  // move in the text.
  typingOver = false;
  #before = "";

  // `began()` and `changed()` let the grid follow; `bar` shows and edits the same text.
  constructor(field, bar, { began, changed }) {
    Object.assign(this, { field, bar, began, changed });
    field.addEventListener("input", () => this.#typed(field, bar));
    bar.addEventListener("input", () => this.#typed(bar, field));
    field.addEventListener("compositionstart", () => this.editing || this.#begin("", true));
    bar.addEventListener("focus", () => this.editing || this.begin(bar.value, { inBar: true }));
    this.#rest();
  }

  get text() {
    return this.field.value;
  }

  get isChanged() {
    return this.text !== this.#before;
  }

  // `before` is what the cell holds: an edit that ends with it changes nothing.
  begin(text, { inBar = false, before = text } = {}) {
    if (this.bar.readOnly) return;
    this.field.value = text;
    this.bar.value = text;
    this.#begin(before, false);
    if (inBar) return;
    // A touch keyboard opens for a field that gains the focus.
    this.field.blur();
    this.focus();
    this.field.setSelectionRange(text.length, text.length);
  }

  end() {
    this.editing = false;
    this.#rest();
  }

  focus() {
    this.field.focus({ preventScroll: true });
  }

  insert(text) {
    const input = document.activeElement === this.bar ? this.bar : this.field;
    input.setRangeText(text, input.selectionStart, input.selectionEnd, "end");
    this.#typed(input, input === this.bar ? this.field : this.bar);
  }

  // The field covers the cell and grows with its text, as far as there is room.
  place(box, room) {
    const { style } = this.field;
    style.left = `${box.left}px`;
    style.top = `${box.top}px`;
    style.minWidth = `${box.width + 1}px`;
    style.minHeight = `${box.height + 1}px`;
    style.maxWidth = `${Math.max(room.width - box.left - 8, box.width)}px`;
    style.maxHeight = `${Math.max(room.height - box.top - 8, box.height)}px`;
  }

  #typed(from, to) {
    if (!this.editing) this.#begin("", true);
    to.value = from.value;
    this.changed();
  }

  #begin(before, typingOver) {
    this.editing = true;
    this.typingOver = typingOver;
    this.#before = before;
    this.field.classList.add("editing");
    this.field.inputMode = "text";
    this.began();
  }

  #rest() {
    this.field.value = "";
    this.field.classList.remove("editing");
    this.field.inputMode = COARSE.matches ? "none" : "text";
  }
}
