// Single keys, and where the eye and a screen reader go after a change of page. Without this script
// the page works by its links and forms.
"use strict";

const SCROLLED = { block: "center", behavior: "instant" };

// While an answer is awaited, and a moment after it is there, nothing is decided: it would be about
// what is not seen yet.
const SEEN_MS = 250;
const page = document.documentElement;
let shown = 0;

function busy() {
  page.setAttribute("aria-busy", "true");
}

function free() {
  page.removeAttribute("aria-busy");
}

function lost() {
  free();
  tell("The server does not answer; nothing was recorded.");
  document.getElementById("message").textContent = "The server does not answer; nothing was recorded.";
}

// The one live region, which no page replaces.
function tell(text) {
  document.getElementById("status").textContent = text;
}

document.addEventListener("htmx:beforeRequest", busy);
window.addEventListener("popstate", busy);
for (const name of ["htmx:afterSettle", "htmx:swapError", "htmx:sendAbort", "htmx:historyRestore"]) {
  document.addEventListener(name, free);
}
for (const name of ["htmx:sendError", "htmx:timeout"]) document.addEventListener(name, lost);

document.addEventListener("click", (event) => {
  const decides = event.target.closest("button[name=verdict], button[name=answer]");
  if (!decides) return;
  if (event.detail > 1 || page.hasAttribute("aria-busy") || performance.now() - shown < SEEN_MS) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }
}, true);

function on() {
  return localStorage.getItem("keys") !== "off";
}

function act(element) {
  if (element.tagName === "DETAILS") {
    element.open = !element.open;
    const field = element.open && element.querySelector("input:not([type=hidden]), textarea");
    if (field) { field.focus(); field.select?.(); }
  } else if (element.matches("input[type=search], textarea")) {
    element.focus();
    element.select();
  } else {
    element.click();
  }
}

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input:not([type=checkbox]), textarea, select");
  if (event.key === "Escape" && typing) {
    typing.blur();
    typing.closest("details")?.removeAttribute("open");
    return;
  }
  if (typing || !on() || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
  if (event.key === "Enter" && event.target.closest("a, button, summary")) return;
  if (page.hasAttribute("aria-busy")) return event.preventDefault();
  const element = [...document.querySelectorAll("[data-key]")].find((e) => e.dataset.key === event.key);
  if (element) {
    event.preventDefault();
    act(element);
  }
});

// A click on words without a record proposes them.
document.addEventListener("click", (event) => {
  const bare = event.target.closest(".whole .bare");
  const words = document.getElementById("words");
  if (bare && words) words.value = bare.textContent;
});

document.addEventListener("change", (event) => {
  if (event.target.id === "keys") localStorage.setItem("keys", event.target.checked ? "on" : "off");
});

function settled() {
  shown = performance.now();
  const keys = document.getElementById("keys");
  if (keys) keys.checked = on();
  tell(document.getElementById("message")?.textContent ?? "");
  const wide = matchMedia("(min-width: 62rem)").matches;
  const quote = document.getElementById("quote");
  const panel = quote?.closest(".source");
  if (panel && wide) {
    const marked = panel.querySelector("rect.value, rect.quote") ?? quote;
    const top = marked.getBoundingClientRect().top - panel.getBoundingClientRect().top;
    panel.scrollTop += top - panel.clientHeight / 3;
  } else if (quote && location.hash === "#quote") {
    quote.scrollIntoView(SCROLLED);
  }
}

// What comes next is read from its head on; a field that was refused, or is asked for, comes first.
function focused() {
  const first = ["[aria-invalid]", "[autofocus]", location.hash === "#filter" && "#filter", "#change", "#main"];
  for (const selector of first) {
    const element = selector && document.querySelector(selector);
    if (element) return element.focus({ preventScroll: true });
  }
}

document.addEventListener("DOMContentLoaded", settled);
document.addEventListener("htmx:afterSettle", () => {
  settled();
  focused();
});
