// Files go up in parts, with their progress, and go on where they stopped; without this the plain form sends them whole.
"use strict";

const PART = 512 * 1024;
const PAUSES = [1, 2, 4, 8, 15];

// Answers after which nothing is tried again; after others it is, from where the server says that the file stands.
const OVER = [401, 403, 413, 415, 422];
const FINAL = {POST: [...OVER, 404, 409], GET: [...OVER, 409], PATCH: OVER};

const seconds = (count) => new Promise((resolve) => { setTimeout(resolve, count * 1000); });
const base64 = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));
const hex = (octets) => [...new Uint8Array(octets)].map((one) => one.toString(16).padStart(2, "0")).join("");

class Refused extends Error {}

// One file on its way: what is seen of it, and what is said aloud.
class Sending {
  constructor(form, file, texts) {
    this.form = form; this.file = file; this.texts = texts; this.stopped = new AbortController();
    this.place = document.createElement("div"); this.place.className = "sending";
    const name = document.createElement("p"); name.className = "name"; name.textContent = file.name;
    this.bar = document.createElement("progress"); this.bar.max = file.size || 1; this.bar.value = 0;
    this.bar.setAttribute("aria-label", file.name);
    this.state = document.createElement("p"); this.state.className = "dim"; this.state.setAttribute("role", "status");
    this.button = document.createElement("button"); this.button.type = "button"; this.button.className = "link";
    this.button.textContent = texts.stop;
    const unseen = document.createElement("span"); unseen.className = "unseen"; unseen.textContent = ` ${file.name}`;
    this.button.append(unseen);
    this.button.addEventListener("click", () => this.stop());
    this.place.append(name, this.bar, this.state, this.button);
    form.after(this.place);
    this.told = -1;
  }

  says(words) { if (this.state.textContent !== words) this.state.textContent = words; }

  at(offset) {
    this.bar.value = offset;
    const quarter = Math.floor((offset / this.file.size) * 4);
    if (quarter !== this.told) { this.told = quarter; this.says(this.texts.percent.replace("{}", Math.floor((offset / this.file.size) * 100))); }
  }

  async asks(method, path, headers, body) {
    const answer = await fetch(path, {method, body, signal: this.stopped.signal,
      headers: {"tus-resumable": "1.0.0", "x-form-token": this.form.elements.token.value, ...headers}});
    if (FINAL[method].includes(answer.status)) {
      const said = await answer.json().catch(() => ({what: this.texts.failed, remedy: ""}));
      throw new Refused(answer.status === 401 ? this.texts.over : [said.what, said.remedy].filter(Boolean).join(this.texts.between));
    }
    return answer;
  }

  async announces() {
    const told = {filename: this.file.name, material: this.form.dataset.material, sha256: this.digest};
    const answer = await this.asks("POST", this.form.dataset.uploads, {"upload-length": String(this.file.size),
      "upload-metadata": Object.entries(told).map(([name, value]) => `${name} ${base64(value)}`).join(",")});
    if (answer.status !== 201) return null;
    this.path = answer.headers.get("location");
    return Number(answer.headers.get("upload-offset"));
  }

  // Where the file stands: by its own address, or announced once more where that is not known any more.
  async stands() {
    if (!this.path) return this.announces();
    const answer = await this.asks("GET", this.path, {});
    if (answer.ok) return Number(answer.headers.get("upload-offset"));
    this.path = null;
    return answer.status === 404 ? this.announces() : null;
  }

  async sends(offset) {
    const part = this.file.slice(offset, offset + PART);
    const answer = await this.asks("PATCH", this.path,
      {"content-type": "application/offset+octet-stream", "upload-offset": String(offset)}, part);
    return answer.status === 204 ? Number(answer.headers.get("upload-offset")) : null;
  }

  // Goes on until the file is whole. What goes wrong on the way is tried again, from where the server says it stands.
  async run() {
    this.says(this.texts.begins);
    this.digest = hex(await crypto.subtle.digest("SHA-256", await this.file.arrayBuffer()));
    let offset = null, failures = 0, whole = false;
    while (!whole) {
      try {
        if (offset === null) offset = await this.stands();
        if (offset !== null) {
          this.at(offset);
          whole = offset >= this.file.size;
          offset = await this.sends(offset);
          whole = whole && offset !== null;
          if (offset !== null) { failures = 0; if (offset >= this.file.size) whole = true; }
        }
      } catch (error) {
        if (!(error instanceof TypeError)) throw error; // no network now
        offset = null;
      }
      if (offset === null) { whole = false; await this.waits(failures); failures += 1; }
    }
    this.at(this.file.size);
    this.says(this.texts.done);
  }

  async waits(failures) {
    this.says(this.texts.waits);
    this.told = -1;
    const online = new Promise((resolve) => { addEventListener("online", resolve, {once: true}); });
    await Promise.race([online, seconds(PAUSES[Math.min(failures, PAUSES.length - 1)])]);
    if (this.stopped.signal.aborted) throw new DOMException("", "AbortError");
  }

  async stop() {
    this.stopped.abort();
    this.place.remove();
    if (!this.path) return;
    const headers = {"tus-resumable": "1.0.0", "x-form-token": this.form.elements.token.value};
    await fetch(this.path, {method: "DELETE", headers}).catch(() => {});
  }

  fails(words) {
    this.says("");
    this.bar.remove(); this.button.remove();
    const fault = document.createElement("p"); fault.className = "fault"; fault.setAttribute("role", "alert");
    fault.textContent = `${this.file.name}${this.texts.colon}${words}`;
    this.place.replaceChildren(fault);
  }
}

function again(form, words) {
  const link = document.createElement("a");
  link.href = `${location.pathname}?at=${Date.now()}#${form.closest("section").id}`;
  link.textContent = words;
  return link;
}

async function sendAll(form, files, texts) {
  let done = 0, failed = 0;
  for (const file of files) {
    const sending = new Sending(form, file, texts);
    try { await sending.run(); done += 1; } catch (error) {
      if (error.name === "AbortError") continue;
      failed += 1;
      sending.fails(error instanceof Refused ? error.message : texts.failed);
    }
  }
  return {done, failed};
}

if (isSecureContext && crypto.subtle) {
  document.querySelectorAll("form[data-uploads]").forEach((form) => {
    const input = form.querySelector("input[type=file]"), texts = JSON.parse(form.dataset.texts);
    let busy = false;
    form.addEventListener("submit", async (event) => {
      const files = [...input.files];
      if (!files.length) return;
      event.preventDefault();
      if (busy) return;
      busy = true;
      document.querySelectorAll(".sending .fault").forEach((one) => one.parentElement.remove());
      const {done, failed} = await sendAll(form, files, texts);
      busy = false;
      delete form.dataset.sent;
      input.value = "";
      if (done && failed) form.after(again(form, texts.look));
      if (done && !failed) location.assign(`${location.pathname}?done=attached&at=${Date.now()}#${form.closest("section").id}`);
    });
  });
}
