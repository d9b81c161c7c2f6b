// Keys that officers use, and the list of them; whoever needs single keys for something else turns them off.
"use strict";

// What is wrong with a form is read first.
const wrong = document.querySelector("#faults, #refusal");
if (wrong) wrong.focus();

const keys = document.getElementById("keys");
const page = document.documentElement;
const OFF = "desk-keys-off";

function kept(value) {
  try {
    if (value !== undefined) localStorage.setItem(OFF, value);
    return localStorage.getItem(OFF) || "";
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    return value || ""; // a browser that keeps nothing: for this page alone
  }
}

function lines() {
  return [...document.querySelectorAll(".inbox .to")];
}

// The next line of a list, or the one before; from nowhere the first.
function step(by) {
  const all = lines(), at = all.indexOf(document.activeElement);
  const to = all[at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1)];
  if (to) to.focus();
  return Boolean(to);
}

const DOES = {
  "?": () => { keys.showModal(); return true; },
  "j": () => step(1),
  "k": () => step(-1),
  "i": () => { location.assign("/"); return true; },
};

if (keys) {
  page.dataset.keys = kept() ? "off" : "on";
  const box = keys.querySelector("input");
  box.checked = !kept();
  box.addEventListener("change", () => { page.dataset.keys = kept(box.checked ? "" : "off") ? "off" : "on"; });
  document.addEventListener("keydown", (event) => {
    const at = event.target; // the box of a dialog just closed has the keys until the next frame
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(at.tagName) && at.getClientRects().length > 0;
    if (typing || keys.open || event.ctrlKey || event.metaKey || event.altKey) return;
    if (page.dataset.keys === "off" && event.key !== "?") return;
    const does = DOES[event.key];
    if (does && does()) event.preventDefault();
  });
}
