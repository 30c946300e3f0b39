// Single keys, and where the eye and a screen reader go after a change of page. Without this script
// the page works by its links and forms.
"use strict";

const SCROLLED = { block: "center", behavior: "instant" };

// While an answer is awaited keys do nothing: they would decide about what is not seen yet.
const page = document.documentElement;
document.addEventListener("htmx:beforeRequest", () => page.setAttribute("aria-busy", "true"));
for (const name of ["htmx:afterSettle", "htmx:sendError", "htmx:swapError", "htmx:timeout"]) {
  document.addEventListener(name, () => page.removeAttribute("aria-busy"));
}

function on() {
  return localStorage.getItem("keys") !== "off";
}

function act(element) {
  if (element.tagName === "DETAILS") {
    element.open = !element.open;
    const field = element.open && element.querySelector("input:not([type=hidden]), textarea");
    if (field) { field.focus(); field.select?.(); }
  } else if (element.tagName === "INPUT") {
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

document.addEventListener("change", (event) => {
  if (event.target.id === "keys") localStorage.setItem("keys", event.target.checked ? "on" : "off");
});

function settled() {
  const keys = document.getElementById("keys");
  if (keys) keys.checked = on();
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

document.addEventListener("DOMContentLoaded", settled);
document.addEventListener("htmx:afterSettle", () => {
  settled();
  (document.querySelector("[autofocus]") ?? document.getElementById("change") ?? document.getElementById("main"))
    ?.focus({ preventScroll: true });
});
