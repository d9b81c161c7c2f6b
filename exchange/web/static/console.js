// Keeps the block `live` of an open page up to date, and the small things forms and tables do. No library is needed.
"use strict";

const live = document.getElementById("live");
const state = document.getElementById("live-state");

function tell(kind) {
  if (state) {
    state.className = `live-state ${kind}`;
    state.textContent = state.dataset[kind] || "";
  }
}

// Whoever types, chooses or marks something in the block is not disturbed; the next change comes after.
function busy() {
  const at = document.activeElement;
  const typing = at && live.contains(at) && /^(INPUT|SELECT|TEXTAREA)$/.test(at.tagName);
  const marked = document.getSelection();
  return typing || live.querySelector("input:checked, dialog[open], details.keep[open]") ||
    (marked && !marked.isCollapsed && live.contains(marked.anchorNode));
}

// Where an element leads or what it sends, and what it says.
function marks(one) {
  return [one.tagName, one.getAttribute("href") || one.name || "", one.textContent.trim()];
}

// What is the same element after the block was written anew: by its id, or by where it leads and what it says, or, where
// its words have changed, by where it leads alone.
function sameAs(was) {
  if (was.id) return document.getElementById(was.id);
  const [tag, leads, says] = was.marks;
  const all = [...live.querySelectorAll("a, button, summary, [tabindex]")].map((one) => [one, marks(one)]);
  const there = all.filter(([, found]) => found[0] === tag && found[1] === leads);
  const same = there.find(([, found]) => found[2] === says) || (leads && there[0]);
  return same ? same[0] : null;
}

function put(html) {
  const at = document.activeElement;
  const focus = at && live.contains(at) ? {id: at.id, marks: marks(at)} : null;
  const open = [...live.querySelectorAll("details[open][id]")].map((one) => one.id);
  live.innerHTML = html;
  open.forEach((id) => { const one = document.getElementById(id); if (one) one.open = true; });
  if (focus) {
    const same = sameAs(focus);
    if (same) same.focus({preventScroll: true});
  }
}

if (live && live.dataset.source) {
  let waiting = null;
  const source = new EventSource(live.dataset.source);
  source.addEventListener("open", () => tell("live"));
  source.addEventListener("error", () => {
    tell("lost");
    // Refused for good, as after the end of a session: what the page itself answers then is what to see.
    if (source.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 5000);
  });
  source.addEventListener("live", (event) => { tell("live"); if (busy()) waiting = event.data; else put(event.data); });
  setInterval(() => { if (waiting !== null && !busy()) { put(waiting); waiting = null; } }, 500);
  addEventListener("pagehide", () => source.close());
}

// What is not there yet is looked for again after so many seconds; without scripts a link beside it does the same.
const again = document.querySelector("[data-again]");
if (again) setTimeout(() => location.reload(), 1000 * again.dataset.again);

// A box that marks all boxes of its table.
document.addEventListener("change", (event) => {
  const all = event.target.closest("input[data-all]");
  if (all) all.closest("table").querySelectorAll("tbody input[type=checkbox]").forEach((one) => { one.checked = all.checked; });
});

// "/" goes to the search field, as people know it.
document.addEventListener("keydown", (event) => {
  if (document.documentElement.dataset.keys === "off") return;
  if (event.key === "/" && !/^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) {
    const field = document.querySelector("input[type=search]");
    if (field) { event.preventDefault(); field.focus(); }
  }
});
