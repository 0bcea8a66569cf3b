// What pages do beyond links and forms. Everything works without it, but for live updates, sliders and local times.
"use strict";

// Live: told that something changed, the page asks for itself again and puts what is new in place.
let source = null;
let pending = false;
let again = false;
let seen = null; // the version of what is shown
let late = 0; // the timer of another attempt, after one that failed
const RETRY_MS = 5000;
const LOST = "not connected; trying again";

function listen() {
  const topic = document.body.dataset.topic;
  if (source || document.hidden || !topic) return;
  source = new EventSource(`/events?topic=${encodeURIComponent(topic)}`);
  source.addEventListener("hello", (event) => {
    say("live");
    changed(event.data); // what changed since the page was made, before we listened
  });
  source.addEventListener("change", (event) => changed(event.data));
  source.addEventListener("error", lost);
}

// A browser asks again by itself after a broken connection, and never after an answer that is no stream, such as a page to sign in.
function lost() {
  if (source?.readyState !== EventSource.CLOSED) return say(LOST);
  rest();
  setTimeout(listen, RETRY_MS);
  retry(LOST);
}

function changed(version) {
  if (version === (seen ?? document.body.dataset.version)) return;
  seen = version;
  refresh();
}

function rest() {
  if (source) source.close();
  source = null;
}

function say(text) {
  const state = document.getElementById("live-state");
  if (state && state.textContent !== text) state.textContent = text;
}

async function refresh() {
  again = true;
  if (pending) return;
  pending = true;
  try {
    while (again) {
      again = false;
      const failed = late;
      clearTimeout(late);
      late = 0;
      await htmx.ajax("GET", here(), { target: "#live", select: "#live", swap: "outerMorph" });
      if (failed && !late) say("live");
      decorate(document);
    }
  } finally {
    pending = false;
  }
}

// What is no such page takes nothing away: what is shown stays until there is an answer, or the page says why not.
function answered(event) {
  const { ok, redirected, status } = event.detail.ctx.response.raw;
  if (ok && !redirected) return;
  event.preventDefault();
  if (redirected || [401, 403, 404].includes(status)) location.assign(here());
  else retry(`not up to date: the server answered ${status}; trying again`);
}

function retry(text) {
  say(text);
  seen = "";
  clearTimeout(late);
  late = setTimeout(refresh, RETRY_MS);
}

// The page as it is read: an answer to a form stands at an address that only takes forms.
function here() {
  return location.pathname.replace(/\/(explain|preview)$/, "") + location.search;
}

// Times: in the zone of the viewer, beside UTC.
function localTimes(root) {
  for (const element of root.querySelectorAll("time[datetime]")) {
    const at = new Date(element.dateTime);
    if (Number.isNaN(at.valueOf()) || element.title) continue;
    const options = { dateStyle: "medium", timeStyle: "short" };
    element.title = `${new Intl.DateTimeFormat(undefined, options).format(at)} your time`;
    if (element.classList.contains("local")) element.textContent += `, ${element.title}`;
  }
}

// Dials: a slider beside each number; each moves the other.
function sliders(root) {
  for (const field of root.querySelectorAll("input[data-most]:not([data-slid])")) {
    field.dataset.slid = "";
    const slider = document.createElement("input");
    Object.assign(slider, { type: "range", min: 0, max: field.dataset.most, step: field.dataset.step });
    slider.value = field.value;
    slider.setAttribute("aria-label", field.closest("label").textContent.trim() + ", slider");
    slider.addEventListener("input", () => { field.value = slider.value; mark(field); });
    field.addEventListener("input", () => { slider.value = field.value; mark(field); });
    field.closest("label").after(slider);
  }
}

function mark(field) {
  field.classList.toggle("turned", field.value !== field.dataset.now);
}

function copies(root) {
  for (const button of root.querySelectorAll("button[data-copy][hidden]")) {
    if (!navigator.clipboard) continue;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.previousElementSibling.textContent);
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = "Copy"; }, 2000);
    });
  }
}

function decorate(root) {
  localTimes(root);
  sliders(root);
  copies(root);
}

document.addEventListener("DOMContentLoaded", () => { decorate(document); listen(); });
document.addEventListener("visibilitychange", () => (document.hidden ? rest() : listen()));
window.addEventListener("pagehide", rest);
document.addEventListener("htmx:before:response", answered);
document.addEventListener("htmx:error", () => retry(LOST));
document.addEventListener("htmx:after:swap", () => decorate(document));
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select");
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  document.getElementById("find")?.focus();
});
