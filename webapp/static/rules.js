// Comfort only: what a link leads to is open, and so is everything on paper.
"use strict";
(() => {
  function arrive() {
    const target = document.getElementById(location.hash.slice(1));
    for (const one of target ? target.querySelectorAll("details") : []) one.open = true;
  }
  addEventListener("hashchange", arrive);
  arrive();
  addEventListener("beforeprint", () => {
    for (const one of document.querySelectorAll(".page details")) one.open = true;
  });
})();
