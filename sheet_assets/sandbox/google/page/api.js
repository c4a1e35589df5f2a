// The Sheets and Drive APIs, called as any client calls them, with the person's access token.

const QUOTA_PAUSE_MS = 4000;

// A refusal, in the API's own words.
export class ApiError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

export class Api {
  #token = null;
  #asking = null;
  email = "";

  // Parameters whose value is a list are repeated.
  async call(method, path, { params = {}, body } = {}) {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(params)) {
      for (const each of [value].flat()) query.append(name, each);
    }
    const address = query.size ? `${path}?${query}` : path;
    let response = await this.#send(method, address, body);
    if (response.status === 401) {
      // An hour has passed, or the sandbox has ended all tokens.
      this.#token = null;
      response = await this.#send(method, address, body);
    }
    if (response.status === 429 && method === "GET") {
      await new Promise((done) => setTimeout(done, QUOTA_PAUSE_MS));
      response = await this.#send(method, address, body);
    }
    return answer(response);
  }

  async #send(method, address, body) {
    this.#token ??= await (this.#asking ??= this.#ask().finally(() => (this.#asking = null)));
    const headers = { Authorization: `Bearer ${this.#token}` };
    if (body !== undefined) headers["Content-Type"] = "application/json";
    return reach(address, { method, headers, body: body && JSON.stringify(body) });
  }

  async #ask() {
    const { access_token, email } = await answer(await reach("/spreadsheets/token", { method: "POST" }));
    this.email = email;
    return access_token;
  }
}

async function reach(address, options) {
  try {
    return await fetch(address, { cache: "no-store", ...options });
  } catch {
    throw new ApiError(0, "The sandbox does not answer. It may have been stopped.");
  }
}

async function answer(response) {
  const text = await response.text();
  let body = {};
  try {
    body = JSON.parse(text);
  } catch {
    if (response.ok) throw new ApiError(response.status, "The answer is no JSON.");
  }
  if (!response.ok) throw new ApiError(response.status, body.error?.message ?? text.trim());
  return body;
}
