// What the person writes: one request after the other, each of which can be undone.

import { inTab, rangeName } from "./a1.js";
import { valueOf } from "./entered.js";

const MOST_KEPT_CELLS = 20_000;
const MOST_KEPT = 100;

export class Edits {
  #queue = Promise.resolve();
  #done = [];
  #undone = [];

  // `written()` is told when the API has taken something, `refused(error, edit)` when it has not.
  constructor(api, spreadsheetId, { written, refused }) {
    Object.assign(this, { api, spreadsheetId, written, refused });
  }

  // Values as they are typed, by rows; the texts appear at once.
  write(cells, top, left, values) {
    const edit = this.#edit(cells, top, left, values.length, values[0].length);
    edit.after = values;
    for (const [y, row] of values.entries()) {
      for (const [x, value] of row.entries()) cells.expect(top + y, left + x, String(value));
    }
    this.#remember(edit);
    return this.#put(edit, values);
  }

  clear(cells, { top, left, bottom, right }) {
    const edit = this.#edit(cells, top, left, bottom - top + 1, right - left + 1);
    edit.after = edit.before?.map((row) => row.map(() => ""));
    this.#remember(edit);
    return this.#send(edit, "POST", ":clear");
  }

  // The edit that was undone, or nothing.
  undo() {
    const edit = this.#done.pop();
    if (!edit) return null;
    this.#undone.push(edit);
    this.#put(edit, edit.before);
    return edit;
  }

  redo() {
    const edit = this.#undone.pop();
    if (!edit) return null;
    this.#done.push(edit);
    this.#put(edit, edit.after);
    return edit;
  }

  #edit(cells, top, left, height, width) {
    const rectangle = { top, left, bottom: top + height - 1, right: left + width - 1 };
    const known = height * width <= MOST_KEPT_CELLS ? cells.within(rectangle) : null;
    const before = known?.map((row) => row.map(valueOf));
    return { title: cells.tab.title, rectangle, before, cells };
  }

  #remember(edit) {
    this.#undone = [];
    // What stood there is not known: nothing before it can be undone in order, either.
    this.#done = edit.before ? [...this.#done, edit].slice(-MOST_KEPT) : [];
  }

  #put(edit, values) {
    return this.#send(edit, "PUT", "", { params: { valueInputOption: "USER_ENTERED" }, body: { values } });
  }

  #send(edit, method, verb, options = {}) {
    const range = encodeURIComponent(inTab(edit.title, rangeName(edit.rectangle)));
    const address = `/v4/spreadsheets/${this.spreadsheetId}/values/${range}${verb}`;
    this.#queue = this.#queue.then(async () => {
      try {
        await this.api.call(method, address, options);
        this.written();
      } catch (error) {
        this.#done = this.#done.filter((each) => each !== edit);
        this.refused(error, edit);
      }
    });
    return this.#queue;
  }
}
