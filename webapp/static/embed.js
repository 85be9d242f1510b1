// For a clinic's own page: lets a frame with the check be as high as what it shows, and makes one where that is asked for.
// It learns a height, when to scroll, and the words ready and completed; never an answer, never an outcome.
"use strict";
(() => {
  const SECONDS_TO_ANSWER = 5;
  const followed = new WeakSet();
  const isOurs = (script) => /\/embed\.js(\?|$)/.test(script?.src || "");
  const script = [document.currentScript, ...document.querySelectorAll("script[src]")].find(
    (one) => isOurs(one) && (one === document.currentScript || !one.dataset.check),
  );
  if (!script) return say("must be loaded from its own address, not copied into the page or joined with other scripts.");
  const home = new URL(".", script.src);
  script.dataset.check = "run";

  // Beside its own script element, or in <div data-magnesium-check="clinic"> wherever the script stands.
  if (script.dataset.clinic && script.closest("body")) script.after(madeFrame(script.dataset.clinic, script.dataset));
  else if (script.dataset.clinic) say('cannot be shown in the head: put <div data-magnesium-check="…"></div> in its place.');
  place();
  new MutationObserver(place).observe(document, { childList: true, subtree: true, attributeFilter: ["src"] });

  function madeFrame(clinic, { lang = "nl", title = "Magnesium check" }) {
    const frame = document.createElement("iframe");  // never a lazy one: in WebKit, Back leaves the page around it
    frame.src = new URL(`${lang.slice(0, 2)}/embed/${clinic}/`.toLowerCase(), home);
    frame.title = title;
    frame.width = "100%";
    frame.height = 800;
    frame.referrerPolicy = "no-referrer";
    frame.style.border = 0;
    return frame;
  }

  function place() {
    for (const holder of document.querySelectorAll("[data-magnesium-check]")) {
      if (!holder.querySelector("iframe")) holder.append(madeFrame(holder.dataset.magnesiumCheck, holder.dataset));
    }
    for (const frame of document.querySelectorAll("iframe")) {
      if (frame.src.startsWith(home.href) && !frame.dataset.check) follow(frame);
    }
  }

  function follow(frame) {
    followed.add(frame);
    frame.dataset.check = "asked";
    // What the rules of a site's theme do to frames in general would cut this one off.
    const firm = { "box-sizing": "border-box", padding: "0", "min-height": "0", "max-height": "none", "aspect-ratio": "auto" };
    for (const [name, value] of Object.entries(firm)) frame.style.setProperty(name, value, "important");
    let isFirst = true;
    frame.addEventListener("load", () => {
      if (!isFirst) bringIntoView(frame);
      isFirst = false;
      hello(frame);
      setTimeout(() => {
        if (frame.isConnected && frame.dataset.check === "asked") say(`does not answer: see ${home}en/clinics#not-shown`);
      }, SECONDS_TO_ANSWER * 1000);
    });
    hello(frame);
  }

  // "*", since an empty frame has no origin yet, and this says nothing but hello. The frame looks at who says it.
  function hello(frame) {
    frame.contentWindow?.postMessage({ hello: "magnesium-check" }, "*");
  }

  addEventListener("message", ({ origin, source, data }) => {
    if (origin !== home.origin || !data) return;
    const frame = [...document.querySelectorAll("iframe")].find((one) => one.contentWindow === source);
    if (!frame || !followed.has(frame)) return;
    if (Number.isFinite(data.height)) {
      const height = Math.min(Math.max(data.height, 320), 20000) + frame.offsetHeight - frame.clientHeight;
      frame.style.setProperty("height", `${height}px`, "important");
    }
    if (data.title) frame.title = data.title;
    if (data.top) bringIntoView(frame);
    if (data.event) {
      frame.dataset.check = "ready";
      frame.dispatchEvent(new CustomEvent("magnesium-check", { bubbles: true, detail: data.event }));
    }
  });

  // After an action of the person only, and only when the top of the frame is out of view.
  function bringIntoView(frame) {
    const { top } = frame.getBoundingClientRect();
    if (top < 0 || top > innerHeight) frame.scrollIntoView();
  }

  function say(words) {
    console.warn(`The magnesium check ${words}`);
  }
})();
