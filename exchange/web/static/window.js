// What scripts add to the public window; every page works without them.
"use strict";

// Errors are read first.
const faults = document.getElementById("faults");
if (faults) faults.focus();

// The state of a case keeps itself up to date, unless somebody is reading it with a mark set or typing in it.
const live = document.getElementById("live");
if (live && live.dataset.source) {
  const look = async () => {
    const at = document.activeElement;
    const marked = document.getSelection();
    if (document.hidden || (at && at !== live && live.contains(at)) || (marked && !marked.isCollapsed)) return;
    try {
      const answer = await fetch(live.dataset.source, {headers: {accept: "text/html"}});
      if (answer.status === 401) { clearInterval(every); return; }
      if (!answer.ok) return;
      const html = await answer.text();
      if (html !== live.dataset.shown) {
        const open = [...live.querySelectorAll("details[open][id]")].map((one) => one.id);
        live.innerHTML = html;
        live.dataset.shown = html;
        open.forEach((id) => { const one = document.getElementById(id); if (one) one.open = true; });
      }
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // no network now: the next look may find it
    }
  };
  const every = setInterval(look, 5000);
}

// A button that prints, where there is something to print.
document.querySelectorAll("[data-print]").forEach((place) => {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet unprinted";
  button.textContent = place.dataset.print;
  button.addEventListener("click", () => print());
  place.append(button);
});

// One press is one: the second of a double click is not sent. What is sent twice all the same is taken once.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "1";
  setTimeout(() => { delete form.dataset.sent; }, 3000);
});
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => { delete form.dataset.sent; }));
