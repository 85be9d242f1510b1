// Comfort only: everything works without this file.
"use strict";
(() => {
  const form = document.getElementById("check");
  const words = form.dataset;
  const title = document.title;
  const isFramed = parent !== window;
  const check = form.action.replace(/result#.*/, "");
  let since = history.state?.since || Date.now();
  let arrivedAt = title;
  let shownAnswers = document.getElementById("result") && answers();
  let isAsking = false;
  let isLeaving = false;

  const isAnswered = (field) => field.querySelector(":checked");
  const stepOf = (id) => id && document.getElementById(id)?.closest(".step");

  // "None of these" and a tick exclude each other.
  form.addEventListener("change", ({ target }) => {
    const field = target.closest("fieldset");
    if (!field) return;
    if (target.type === "checkbox" && target.checked) {
      for (const other of field.querySelectorAll(":checked")) {
        if ((other.value === "none") !== (target.value === "none")) other.checked = false;
      }
    }
    if (isAnswered(field)) note(field, "");
    answersChanged();
    if (target.checked) bringIntoView(target.closest("label"));
  });

  // A card that an answer calls for stands below it, perhaps below the screen; the answer itself stays in view.
  function bringIntoView(label) {
    const card = label.nextElementSibling?.getBoundingClientRect();
    if (!card?.height || !label.nextElementSibling.matches(".call-now")) return;
    scrollBy(0, Math.max(0, Math.min(card.bottom + 8 - innerHeight, label.getBoundingClientRect().top - 8)));
  }

  // Unanswered questions are noticed at "Next", not only at the end.
  form.addEventListener("click", (event) => {
    const link = event.target.closest("a.next");
    const open = [...(link?.closest(".step").querySelectorAll("fieldset") || [])].filter((field) => !isAnswered(field));
    if (!open.length) return;
    event.preventDefault();
    for (const field of open) note(field, words.missing);
    if (open.length > 1) {
      // Told once with the number, not once for each question.
      const first = document.getElementById("noted-" + open[0].id);
      first.textContent = words.missingSeveral.replace("{count}", open.length);
    }
    open[0].focus();
    open[0].scrollIntoView({ block: "start" });
    open[0].dispatchEvent(new Event("invalid"));
  });

  // Enter in a field goes on to the next part, as "Next" does.
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("fieldset input")) return;
    const shown = event.target.closest(".step").querySelectorAll(".next");
    const next = [...shown].find((one) => one.offsetParent);
    if (next) {
      event.preventDefault();
      next.click();
    }
  });

  function note(field, text) {
    const id = "noted-" + field.id;
    let error = document.getElementById(id);
    if (!error && text) {
      error = document.createElement("p");
      error.className = "error";
      error.id = id;
      field.querySelector("legend").after(error);
      field.setAttribute("aria-describedby", [field.getAttribute("aria-describedby"), id].join(" ").trim());
    }
    if (error) error.textContent = text;
    field.classList.toggle("wrong", Boolean(text));
  }

  // The result comes into the page: a POST is then no entry in the history, and Back finds every answer in its place.
  form.addEventListener("submit", (event) => {
    const asked = event.submitter?.getAttribute("formaction");
    if (event.submitter?.lang || asked && !asked.includes("#result")) return leave(event);
    event.preventDefault();
    ask();
  });

  // The answers so far go along with a code: if it turns out to be wrong, nothing is lost.
  document.getElementById("open").addEventListener("formdata", ({ formData }) => {
    isLeaving = true;
    for (const field of new FormData(form)) formData.append(...field);
  });

  function leave(event) {
    isLeaving = !event.submitter.formTarget;
    const file = event.submitter.formEnctype && form.elements.file?.files[0];
    if (file && file.size > Number(words.mostBytes)) {
      isLeaving = false;
      event.preventDefault();
      say(words.tooLarge, event.submitter);
    }
  }

  function ask() {
    if (isAsking) return;
    isAsking = true;
    const asked = answers();
    const request = new XMLHttpRequest();
    request.open("POST", form.action.split("#")[0]);
    request.responseType = "document";
    request.onload = () => {
      const found = request.response?.getElementById("result");
      if (found) return dress(request.response, () => show(found, request.response.title, asked));
      isLeaving = true;
      form.submit();
    };
    request.timeout = 30000;
    request.onerror = request.ontimeout = () => say(words.offline, document.activeElement);
    request.onloadend = () => { isAsking = false; };
    request.send(new URLSearchParams(new FormData(form)));
  }

  // What only a result needs to look right comes with the first one.
  function dress(page, then) {
    const wanted = "link[href*='result.css']", style = page.querySelector(wanted);
    if (document.querySelector(wanted)) return then();
    style.onload = style.onerror = then;
    document.head.append(style);
  }

  function show(found, itsTitle, asked) {
    for (const old of form.querySelectorAll("#result, #file")) old.remove();
    form.prepend(found);
    shownAnswers = asked;
    arrivedAt = itsTitle;
    say("");
    prepare(found);
    for (const { hash } of found.querySelectorAll(".missing li a")) {
      note(form.querySelector(`[name="${hash.replace("#q-", "")}"]`).closest("fieldset"), words.missing);
    }
    answersChanged();
    if (location.hash === "#result") arrive();
    else location.hash = "result";
    found.focus();
    found.scrollIntoView();
    form.dispatchEvent(new Event("result"));
  }

  function say(text, beside) {
    document.getElementById("said")?.remove();
    if (!text) return;
    const said = document.createElement("p");
    said.id = "said";
    said.className = "error";
    said.setAttribute("role", "alert");
    said.textContent = text;
    (beside?.closest(".actions, p") || form.querySelector(".step")).before(said);
  }

  function answers() {
    return [...form.querySelectorAll("fieldset :checked")].map((one) => one.name + "=" + one.value).join("&");
  }

  // A result that is no longer that of the answers says so, and gives nothing to print or to save.
  function answersChanged() {
    const result = document.getElementById("result");
    const isOutdated = Boolean(result?.dataset.outcome) && answers() !== shownAnswers;
    result?.classList.toggle("outdated", isOutdated);
    const hasUnsent = Boolean(answers()) && answers() !== shownAnswers;
    const isCalled = form.querySelector("[data-calls]:checked");
    const listen = hasUnsent && !isCalled && !isFramed ? addEventListener : removeEventListener;
    listen("beforeunload", warn);
    if (!CSS.supports("selector(:has(a))")) {
      for (const input of form.querySelectorAll("[data-calls]")) {
        input.closest("label").nextElementSibling.classList.toggle("called", input.checked);
      }
    }
  }

  function warn(event) {
    if (!isLeaving) event.preventDefault();
  }

  document.addEventListener("click", ({ target }) => {
    const link = target.closest("a");
    if (link?.protocol === "tel:") {
      isLeaving = true;
      setTimeout(() => { isLeaving = false; });
    }
    for (const menu of document.querySelectorAll(".menu[open]")) menu.open = menu.contains(target);
  });
  document.addEventListener("keydown", ({ key }) => {
    const menu = key === "Escape" && document.querySelector(".menu[open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });

  // The title says where one is; a change of language stays there. An address that names no part changes nothing.
  // The address of a page that was posted becomes that of the check: nothing asks to send a form again.
  let current;
  function arrive() {
    const id = location.hash.slice(1);
    if (id && !stepOf(id)) {
      // In a frame the page around could have set the address: it must not make the check ask for a result.
      if (id === "result" && answers() && !isFramed) return ask();
      if (id === "result" && current === undefined && !answers()) return location.replace(form.action);
      // Where a part was shown, to its address: an address that is only replaced is no target for the stylesheet.
      return current ? location.replace(current) : history.replaceState({ since }, "", check);
    }
    current = location.hash;
    history.replaceState({ since }, "", check + current);
    const step = stepOf(id);
    const part = step && step.querySelector("h2").textContent + " – " + title.split(" – ").pop();
    document.title = !step ? title : step.id === "result" ? arrivedAt : part;
    for (const button of document.querySelectorAll(".languages [formaction]")) {
      button.setAttribute("formaction", button.getAttribute("formaction").split("#")[0] + location.hash);
    }
  }
  addEventListener("hashchange", arrive);

  // Whoever starts again leaves nothing behind for the next one, however far that one goes back.
  const AGAIN = "started again";
  function remembered() {
    try {
      return Number(sessionStorage.getItem(AGAIN));
    } catch {
      return 0;
    }
  }
  function empty() {
    for (const field of form.querySelectorAll("input")) {
      if (/radio|checkbox/.test(field.type)) field.checked = false;
      else field.value = "";
    }
    for (const old of form.querySelectorAll("#result, #file, [type=hidden]")) old.remove();
    for (const field of form.querySelectorAll("fieldset.wrong")) note(field, "");
    shownAnswers = null;
    answersChanged();
  }

  addEventListener("pageshow", () => {
    if (since < remembered()) empty();
    isLeaving = false;
    answersChanged();
    arrive();
  });

  function prepare(root) {
    for (const button of root.querySelectorAll("[data-print]")) {
      button.hidden = false;
      button.addEventListener("click", () => print());
    }
    root.querySelector("[data-again]")?.addEventListener("click", (event) => {
      since = Date.now();
      try {
        sessionStorage.setItem(AGAIN, since);
      } catch {
        // No storage in some frames; what is on this page is emptied all the same.
      }
      empty();
      event.preventDefault();
      location.hash = "start";
      document.getElementById("start").focus();
    });
  }
  prepare(document);

  // The link past the head of the page goes to the part that is shown: another fragment would be another part.
  const skip = document.querySelector(".skip");
  skip.hidden = false;
  skip.addEventListener("click", (event) => {
    event.preventDefault();
    [...form.querySelectorAll(".step")].find((step) => step.offsetParent)?.focus();
  });

  // What is folded is printed all the same, by browsers that cannot do so by the stylesheet.
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = document.querySelectorAll("#result details:not([open])");
    for (const one of folded) one.open = true;
  });
  addEventListener("afterprint", () => {
    for (const one of folded) one.open = false;
  });
})();
