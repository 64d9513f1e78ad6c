// Comforts only: all of the page can be read and used without this.
"use strict";
(function () {
  for (const tools of document.querySelectorAll(".tools")) {
    tools.hidden = false;
  }
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-open]");
    if (!button) {
      return;
    }
    const open = button.dataset.open === "yes";
    const section = button.closest("section");
    for (const one of section.querySelectorAll("details")) {
      // Closing leaves the deployments themselves, their jobs can still be seen.
      one.open = open || (one.classList.contains("release") && one.open);
    }
    section.querySelector("[role=status]").textContent = open ? "All logs are open." : "All logs are closed.";
  });
  // On paper nothing can be opened. Deployments from before the change stay closed, and so does the whole spec.
  let closed = [];
  window.addEventListener("beforeprint", () => {
    closed = Array.from(document.querySelectorAll("details:not(.release, .spec, [open])"));
    for (const one of closed) {
      one.open = true;
    }
  });
  window.addEventListener("afterprint", () => {
    for (const one of closed) {
      one.open = false;
    }
    closed = [];
  });
})();
