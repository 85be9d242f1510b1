// Comfort only: everything works without this file.
"use strict";
(() => {
  const form = document.getElementById("check");
  const title = document.title;
  const isAnswered = (field) => field.querySelector(":checked");

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
  });

  // Unanswered questions are noticed at "Next", not only at the end.
  form.addEventListener("click", (event) => {
    const link = event.target.closest("a.next");
    const open = link && [...link.closest(".step").querySelectorAll("fieldset")].filter((field) => !isAnswered(field));
    if (!open || !open.length) return;
    event.preventDefault();
    for (const field of open) note(field, form.dataset.missing);
    open[0].focus();
    open[0].scrollIntoView({ block: "start" });
    open[0].dispatchEvent(new Event("invalid"));
  });

  // Enter in a field goes on to the next part, as "Next" does.
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("input:not([type=file])")) return;
    const shown = event.target.closest(".step").querySelectorAll(".next");
    const next = [...shown].find((one) => one.offsetParent);
    if (next) {
      event.preventDefault();
      next.click();
    }
  });

  function note(field, words) {
    const id = "noted-" + field.id;
    let error = document.getElementById(id);
    if (!error && words) {
      error = document.createElement("p");
      error.className = "error";
      error.id = id;
      error.setAttribute("role", "alert");
      field.querySelector("legend").after(error);
      field.setAttribute("aria-describedby", [field.getAttribute("aria-describedby"), id].join(" ").trim());
    }
    if (error) error.textContent = words;
    field.classList.toggle("wrong", Boolean(words));
  }

  // The title says where one is; a change of language stays there.
  function arrive() {
    const id = location.hash.slice(1);
    const step = id && document.getElementById(id) && document.getElementById(id).closest(".step");
    const heading = step && step.id !== "result" && step.querySelector("h2");
    document.title = heading ? heading.textContent + " – " + form.dataset.title : title;
    for (const button of document.querySelectorAll(".languages [formaction]")) {
      button.setAttribute("formaction", button.getAttribute("formaction").split("#")[0] + location.hash);
    }
  }
  addEventListener("hashchange", arrive);
  arrive();

  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => print());
  }
})();
