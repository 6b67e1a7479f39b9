"use strict";
// Filters the samples of the page; without it all of them are shown. Reads text, writes none but counts.
(() => {
  const form = document.getElementById("filter");
  const samples = Array.from(document.querySelectorAll(".sample"));
  const groups = Array.from(document.querySelectorAll(".group"));
  const texts = new Map();
  const textOf = (sample) => {
    if (!texts.has(sample)) texts.set(sample, sample.textContent.toLowerCase());
    return texts.get(sample);
  };
  const apply = () => {
    const stage = form.elements.stage.value;
    const reason = form.elements.reason.value;
    const words = form.elements.text.value.trim().toLowerCase();
    let shown = 0;
    for (const sample of samples) {
      const fits =
        (!stage || sample.dataset.stage === stage) &&
        (!reason || sample.dataset.reason === reason) &&
        (!words || textOf(sample).includes(words));
      sample.hidden = !fits;
      if (fits) shown += 1;
    }
    for (const group of groups) group.hidden = !group.querySelector(".sample:not([hidden])");
    form.elements.count.value = `${shown} of ${samples.length} samples shown`;
  };
  let waiting = 0;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(apply, 80);
  });
  form.addEventListener("reset", () => setTimeout(apply, 0));
  form.addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && event.target === form.elements.text) form.reset();
  });
  for (const link of document.querySelectorAll('a[href^="#reason-"]')) {
    link.addEventListener("click", () => {
      form.reset(); // its samples may be hidden
      apply();
    });
  }
  form.hidden = false;
  apply();
})();
