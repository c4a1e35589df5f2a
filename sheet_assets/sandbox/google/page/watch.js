// What happens to the spreadsheets, by Drive's list of changes: one small call, while the page is seen.

import { ApiError } from "./api.js";

const EVERY_MS = 1000;
const AFTER_FAILURE_MS = 3000;
const FIELDS =
  "newStartPageToken,nextPageToken," +
  "changes(fileId,removed,file(id,name,trashed,modifiedTime,capabilities,lastModifyingUser))";

export class Watch {
  #token = null;
  #looking = null;
  #timer = null;

  // `changed(changes)` is told what has happened; `failed(error)` why nothing is known, and
  // `failed(null)` when it is known again.
  constructor(api, { changed, failed }) {
    Object.assign(this, { api, changed, failed });
    document.addEventListener("visibilitychange", () => this.#next(0));
  }

  // From now on: what is read after this is watched without a gap.
  async start() {
    const { startPageToken } = await this.api.call("GET", "/drive/v3/changes/startPageToken");
    this.#token = startPageToken;
    this.#next(EVERY_MS);
  }

  // Look now, after a look that is under way.
  now() {
    this.#next(0);
  }

  #next(wait) {
    clearTimeout(this.#timer);
    if (document.visibilityState !== "visible" || this.#token === null) return;
    this.#timer = setTimeout(async () => {
      await this.#looking;
      this.#looking = this.#look();
      const well = await this.#looking;
      this.#next(well ? EVERY_MS : AFTER_FAILURE_MS);
    }, wait);
  }

  async #look() {
    try {
      const answer = await this.api.call("GET", "/drive/v3/changes", {
        params: { pageToken: this.#token, fields: FIELDS },
      });
      if (answer.changes.length) await this.changed(answer.changes);
      // Only now: what could not be read is looked at again.
      this.#token = answer.nextPageToken ?? answer.newStartPageToken;
      this.failed(null);
      return true;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.failed(error);
      return false;
    }
  }
}
