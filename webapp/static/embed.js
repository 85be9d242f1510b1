// For a clinic's own page: makes the frame with the check, and lets it be as high as what it shows.
// It learns a height and the words ready, step, invalid and completed; never an answer, never an outcome.
"use strict";
(() => {
  const script = document.currentScript || document.querySelector('script[data-clinic][src*="embed.js"]');
  if (!script) return;
  const home = new URL(".", script.src);
  const { clinic, lang = "nl", title = "Magnesium check" } = script.dataset;

  if (clinic) {
    const frame = document.createElement("iframe");
    frame.src = new URL(`${lang}/embed/${clinic}/`, home);
    frame.title = title;
    frame.width = "100%";
    frame.height = 800;
    frame.loading = "lazy";
    frame.referrerPolicy = "no-referrer";
    frame.style.border = 0;
    follow(frame);
    script.after(frame);
  } else {
    // Without a clinic of its own, the script serves the frames that stand on the page already.
    for (const frame of document.querySelectorAll("iframe")) {
      if (frame.src.startsWith(home.href)) follow(frame);
    }
  }

  function follow(frame) {
    let isFirst = true;
    // "*", since an empty frame has no origin yet, and this says nothing but hello. The frame looks at who says it.
    const hello = () => frame.contentWindow && frame.contentWindow.postMessage({ hello: "magnesium-check" }, "*");

    frame.addEventListener("load", () => {
      if (!isFirst) bringIntoView(frame);
      isFirst = false;
      hello();
    });
    addEventListener("message", ({ origin, source, data }) => {
      if (origin !== home.origin || source !== frame.contentWindow || !data) return;
      if (Number.isFinite(data.height)) frame.style.height = `${Math.min(Math.max(data.height, 320), 20000)}px`;
      if (data.event === "step") bringIntoView(frame);
      if (data.event) frame.dispatchEvent(new CustomEvent("magnesium-check", { bubbles: true, detail: data.event }));
    });
    hello();
  }

  // After an action of the person only, and only when the top of the frame is out of view.
  function bringIntoView(frame) {
    const { top } = frame.getBoundingClientRect();
    if (top < 0 || top > innerHeight) frame.scrollIntoView();
  }
})();
