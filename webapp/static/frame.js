// Inside a frame only: tells the page around it how high the check is, and how far the person has come.
// It speaks when spoken to, to the clinic's own sites alone, and never of an answer or an outcome.
"use strict";
(() => {
  const STEP = 32, LEAST = 320, MOST = 16000;
  const { origins, missing } = document.currentScript.dataset;
  const allowed = [location.origin, ...origins.split(" ")];
  const page = document.documentElement;
  const result = document.getElementById("result");
  let host = null;
  let told = 0;
  let current = visible();

  addEventListener("message", ({ source, origin, data }) => {
    if (source !== parent || !allowed.includes(origin) || !data || data.hello !== "magnesium-check") return;
    const isNew = host !== origin;
    host = origin;
    told = 0;
    page.classList.add("followed");
    for (const step of document.querySelectorAll(".step")) showCard(step);
    follow();
    if (isNew) tell({ event: !result ? "ready" : result.dataset.outcome ? "completed" : "invalid" });
  });

  addEventListener("hashchange", () => {
    const before = current;
    current = visible();
    if (current !== before) {
      follow();
      tell({ event: "step" });
    }
    // The page around goes to the top of the frame; a question further down needs one more step to be seen.
    const target = document.getElementById(location.hash.slice(1));
    if (host && target && target !== current) setTimeout(() => target.scrollIntoView(), 100);
  });

  // check.js says so when "Next" finds a question without an answer. Some browsers do not scroll the page around
  // a frame to that question, so the words stand at the button as well.
  addEventListener("invalid", ({ target }) => {
    const step = target.closest(".step");
    if (!step.querySelector(".above")) {
      const words = document.createElement("p");
      words.className = "error above";
      words.textContent = missing;
      step.querySelector(":scope > .actions").before(words);
    }
    tell({ event: "invalid" });
  }, true);

  addEventListener("change", ({ target }) => {
    const step = target.closest(".step");
    const words = step && step.querySelector(".above");
    if (words && !step.querySelector(".wrong")) words.remove();
    if (host && step) showCard(step, target);
  });

  new ResizeObserver(follow).observe(document.body);

  // In a frame as high as its content nothing sticks to the screen: the alarm card goes to the tick that calls it.
  // One at a time, the most urgent one, which is the first.
  function showCard(step, changed) {
    let isFirst = true;
    for (const card of step.querySelectorAll(".call-now")) {
      const field = card.closest("fieldset") || card.previousElementSibling;
      const ticks = [...field.querySelectorAll("[data-calls]:checked")];
      card.hidden = !isFirst;
      if (ticks.length) {
        const tick = ticks.includes(changed) ? changed : card.closest("fieldset") ? null : ticks[0];
        if (tick) tick.closest("label").after(card);
        isFirst = false;
      } else if (card.closest("fieldset")) {
        field.after(card);
      }
    }
  }

  function follow() {
    const height = roundedHeight();
    if (height !== told && tell({ height })) told = height;
  }

  // Measured as if an alarm card stood there, so that the height does not tell whether one does. A result gets the
  // same room whatever it says, half of what all questions take: a longer one scrolls inside. What is missing for a
  // result may come with advice as well, so it gets at least a quarter.
  function roundedHeight() {
    const shown = visible();
    page.classList.add("measuring");
    let height = document.body.getBoundingClientRect().height - heightOfSpareCards(shown);
    if (shown && (shown.id === "result" || shown.id === "file")) {
      const room = heightOfAllBut(shown);
      height = shown.dataset.outcome ? room / 2 : Math.max(room / 4, height);
    }
    page.classList.remove("measuring");
    return Math.min(Math.max(Math.ceil(height / STEP) * STEP, LEAST), MOST);
  }

  function heightOfAllBut(shown) {
    page.classList.add("measuring-all");
    const steps = [...document.querySelectorAll(".step")].filter((step) => step !== shown);
    const height = steps.reduce((sum, step) => sum + step.offsetHeight - heightOfSpareCards(step), 0);
    page.classList.remove("measuring-all");
    return height;
  }

  // Of the cards of a part, one at most is shown.
  function heightOfSpareCards(step) {
    const heights = step ? [...step.querySelectorAll(".call-now")].map((card) => card.offsetHeight) : [];
    return heights.reduce((sum, height) => sum + height, 0) - Math.max(0, ...heights);
  }

  function visible() {
    return [...document.querySelectorAll(".step")].find((step) => step.getClientRects().length);
  }

  function tell(message) {
    if (host) parent.postMessage(message, host);
    return Boolean(host);
  }
})();
