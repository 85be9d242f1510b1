// Inside a frame only: tells the page around it how high the check is, that it is there, and that it has answered.
// It speaks when spoken to, to the clinic's own sites alone, and never of an answer or an outcome.
"use strict";
(() => {
  const STEP = 32, LEAST = 320, MOST = 16000;
  const { origins, missing, title } = document.currentScript.dataset;
  const allowed = [location.origin, ...origins.split(" ")];
  const page = document.documentElement;
  const form = document.getElementById("check");
  let host = null;
  let told = 0;
  let hasCompleted = false;

  addEventListener("message", ({ source, origin, data }) => {
    if (source !== parent || !allowed.includes(origin) || data?.hello !== "magnesium-check") return;
    const isNew = host !== origin;
    host = origin;
    told = 0;
    tell({ title });
    follow();
    if (isNew) tell({ event: "ready" });
    if (isNew && document.getElementById("result")) complete();
  });
  // No answer changes the height that is needed. Measuring at a tick would make Firefox read the cards aloud that are
  // shown already, before the new one.
  let isAnswering = false;
  addEventListener("change", () => {
    isAnswering = true;
    requestAnimationFrame(() => requestAnimationFrame(() => { isAnswering = false; }));
  });
  let current = form && visible();
  new ResizeObserver(() => isAnswering || follow()).observe(document.body);
  if (!form) return;

  // The page around can send the frame to any place that has a name, and see where that is. So whatever an answer can
  // move, or bring forth, has a name that nobody guesses; parts are always in the same place.
  const SECRET = "-" + crypto.getRandomValues(new Uint32Array(2)).join("");
  const isPart = (id) => form.querySelector(":scope > .step#" + CSS.escape(id));
  const rename = (id) => (isPart(id) || id.endsWith(SECRET) ? id : id + SECRET);
  function hideNames() {
    for (const name of ["id", "aria-describedby"]) {
      for (const one of form.querySelectorAll(`[${name}]`)) {
        one.setAttribute(name, one.getAttribute(name).split(" ").map(rename).join(" "));
      }
    }
  }
  hideNames();

  // All parts share one entry of the history, whose length the page around can read. From any of them, Back goes to
  // the start; from a result, to the part that it was asked for in.
  addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const place = document.getElementById(link.hash.slice(1) + SECRET) || document.getElementById(link.hash.slice(1));
    const step = place?.closest(".step");
    if (!step) return;
    event.preventDefault();
    if (location.hash) location.replace("#" + step.id);
    else location.hash = step.id;
    place.focus({ preventScroll: true });
    // The page around goes to the top of the frame first.
    if (place !== step) setTimeout(() => place.scrollIntoView(), 100);
  });

  addEventListener("hashchange", () => {
    const id = location.hash.slice(1);
    if (id && !isPart(id)) return location.replace("#" + current.id);
    if (current !== visible()) arrive();
  });

  form.addEventListener("result", () => {
    hideNames();
    arrive();
    complete();
  });

  // check.js says so when "Next" finds a question without an answer. Some browsers do not scroll the page around
  // a frame to that question, so the words stand at the button as well.
  addEventListener("invalid", ({ target }) => {
    const step = target.closest(".step");
    if (step.querySelector(".above")) return;
    const words = document.createElement("p");
    words.className = "error above";
    words.textContent = missing;
    step.querySelector(":scope > .actions").before(words);
  }, true);

  // To scroll the page around to a card would tell it of the tick. So an answer that is ticked at the edge of what can be
  // seen rises from there with its card, until something else is touched.
  const EVERY_PERCENT = Array.from({ length: 101 }, (_, percent) => percent / 100);
  let risen = [];
  let watch;
  function settle() {
    watch?.disconnect();
    for (const one of risen) lift(one, 0);
    risen = [];
  }
  function lift(one, pixels) {
    one.style.translate = pixels ? `0 ${-pixels}px` : "";
    one.classList.toggle("risen", pixels > 0);
  }
  for (const touch of ["pointerdown", "focusin"]) {
    form.addEventListener(touch, ({ target }) => risen.some((one) => one.contains(target)) || settle());
  }
  form.addEventListener("change", ({ target }) => {
    settle();
    const label = target.closest("label"), card = label?.nextElementSibling;
    if (!target.checked || !card?.matches(".call-now")) return;
    risen = [label, card];
    watch = new IntersectionObserver((seen) => rise(seen.at(-1).intersectionRect), { threshold: EVERY_PERCENT });
    watch.observe(document.body);
  });
  function rise(seen) {
    for (const one of risen) lift(one, 0);
    const [{ top }, { bottom }] = risen.map((one) => one.getBoundingClientRect());
    const beyond = Math.max(0, Math.min(bottom + 8 - seen.bottom, top - 8 - seen.top));
    for (const one of risen) lift(one, beyond);
  }

  addEventListener("change", ({ target }) => {
    const step = target.closest(".step");
    if (step && !step.querySelector(".wrong")) step.querySelector(".above")?.remove();
  });

  function arrive() {
    current = visible();
    follow();
    tell({ top: true });
  }

  function complete() {
    if (!hasCompleted) hasCompleted = tell({ event: "completed" });
  }

  function follow() {
    current ||= form && visible();  // nothing, as long as the page around does not show the frame
    if (form && (!current || current !== visible())) return;  // or on the way to another part, or from a name that is none
    const height = Math.min(Math.max(Math.ceil(neededHeight() / STEP) * STEP, LEAST), MOST);
    if (height !== told && tell({ height })) told = height;
  }

  // One height for all questions: that of the highest part with an alarm card in it, whether one is there or not. A
  // result has the same room whatever it says, without the short cards at the end; a longer one scrolls inside.
  function neededHeight() {
    if (!form) return document.body.offsetHeight;
    const shown = visible();
    page.classList.add("measuring");
    const around = document.body.offsetHeight - form.offsetHeight;
    const parts = shown.id === "start" ? [shown] : form.querySelectorAll(":scope > .step:not(#start, #result, #file)");
    const cards = [".call-now", ...(shown.id === "result" ? [] : [".call-again:not(.any)", ".call-again.any"])];
    const heights = [...parts].map((part) => cards.reduce((sum, kind) => sum + highest(part, kind), part.offsetHeight));
    page.classList.remove("measuring");
    return around + Math.max(...heights);
  }

  function highest(part, kind) {
    return Math.max(0, ...[...part.querySelectorAll(kind)].map((card) => card.offsetHeight));
  }

  function visible() {
    return [...form.querySelectorAll(":scope > .step")].find((step) => step.getClientRects().length);
  }

  function tell(message) {
    if (host) parent.postMessage(message, host);
    return Boolean(host);
  }
})();
