// What is typed is saved while it is typed, and said without interrupting; the button saves it as ever.
"use strict";

document.querySelectorAll("form[data-autosave]").forEach((form) => {
  const texts = JSON.parse(form.dataset.texts);
  const said = document.createElement("p"), at = document.createElement("span");
  said.className = "dim"; said.setAttribute("role", "status");
  at.className = "dim"; at.setAttribute("aria-hidden", "true");
  const line = document.createElement("div"); line.className = "autosaved"; line.append(said, at);
  form.append(line);
  const mark = form.dataset.mark || "revision"; // the field that says what was saved last
  const typed = () => new URLSearchParams([...new FormData(form)].filter(([name]) => name !== mark)).toString();
  let saved = typed(), timer = null, flying = null, stopped = false;

  const says = (words, when) => {
    if (said.textContent !== words) said.textContent = words;
    at.textContent = when ? new Date().toLocaleTimeString(document.documentElement.lang) : "";
  };

  async function save() {
    const now = typed();
    if (stopped || now === saved) return;
    try {
      const answer = await fetch(form.dataset.autosave, {method: "POST", body: new URLSearchParams([...new FormData(form)])});
      if (answer.ok) {
        const told = await answer.json();
        form.elements[mark].value = told[mark];
        saved = now;
        says(told.left ? texts.left : texts.saved, !told.left);
      } else if (answer.status === 409) { stopped = true; says(texts.changed, false); }
      else if (answer.status === 401) { stopped = true; says(texts.over, false); }
      else if (answer.status < 500 && answer.status !== 429) { stopped = true; says((await answer.json()).what, false); }
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      says(texts.offline, false); // no network now: what is typed next tries again
    }
  }

  const soon = (delay) => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      if (flying) await flying;
      flying = save();
      await flying;
      flying = null;
      if (!stopped && typed() !== saved) soon(15000);
    }, delay);
  };
  form.addEventListener("input", () => soon(3000));
  document.addEventListener("visibilitychange", () => { if (document.hidden) soon(0); });
  // What is pressed waits for what is being saved, so that one of our own savings is never taken for somebody else's.
  form.addEventListener("submit", async (event) => {
    clearTimeout(timer);
    if (!flying) return;
    event.preventDefault();
    event.stopPropagation();
    await flying;
    form.requestSubmit(event.submitter);
  });
});
