// Inside a frame only: tells the page around it how high the check is, and how far the person has come.
// It speaks when spoken to, to the clinic's own sites alone, and never of an answer or an outcome.
"use strict";
(() => {
  const STEP = 32, LEAST = 320, MOST = 16000;
  const allowed = [location.origin, ...document.currentScript.dataset.origins.split(" ")];
  const page = document.documentElement;
  const result = document.getElementById("result");
  let host = null;
  let told = 0;
  let shown = visible();

  addEventListener("message", ({ source, origin, data }) => {
    if (source !== parent || !allowed.includes(origin) || !data || data.hello !== "magnesium-check") return;
    const isNew = host !== origin;
    host = origin;
    told = 0;
    follow();
    if (isNew) tell({ event: !result ? "ready" : result.dataset.outcome ? "completed" : "invalid" });
  });

  addEventListener("hashchange", () => {
    const before = shown;
    shown = visible();
    if (shown === before) return;
    follow();
    tell({ event: "step" });
  });

  // check.js says so when "Next" finds a question without an answer.
  addEventListener("invalid", () => tell({ event: "invalid" }), true);

  new ResizeObserver(follow).observe(document.body);

  function follow() {
    const height = roundedHeight();
    if (height !== told && tell({ height })) told = height;
  }

  function roundedHeight() {
    // Measured as if every alarm card stood there, so that the height does not tell which one does.
    page.classList.add("measuring");
    const height = document.body.getBoundingClientRect().height;
    page.classList.remove("measuring");
    return Math.min(Math.max(Math.ceil(height / STEP) * STEP, LEAST), MOST);
  }

  function visible() {
    return [...document.querySelectorAll(".step")].find((step) => step.getClientRects().length);
  }

  function tell(message) {
    if (host) parent.postMessage(message, host);
    return Boolean(host);
  }
})();
