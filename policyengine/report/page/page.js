
"use strict";
(() => {
  // The document's own language and title follow the choice; what is shown, the styles decide.
  const follow = () => {
    const chosen = document.querySelector("input[name=language]:checked");
    if (chosen) {
      document.documentElement.lang = chosen.value;
      document.title = chosen.dataset.title;
    }
  };
  document.addEventListener("change", follow);
  follow();

  // On paper nothing can be opened.
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open])")];
    closed.forEach((details) => { details.open = true; });
  });
  addEventListener("afterprint", () => {
    closed.forEach((details) => { details.open = false; });
  });
})();
