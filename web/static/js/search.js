// What JavaScript adds to a search form: suggestions and "near me". The form works without either.
import { attachSuggestions } from "./suggestions.js";
import { attachNear } from "./near.js";

for (const form of document.querySelectorAll("[data-search]")) {
  const words = form.querySelector("[data-suggestions]");
  if (words) attachSuggestions(words, form);
  const near = form.querySelector("[data-near]");
  if (near && "geolocation" in navigator) attachNear(near, form);

  // An empty field need not stand in the address.
  form.addEventListener("submit", () => {
    for (const field of form.elements) {
      if (field.name && field.value === "" && field.type !== "checkbox") field.disabled = true;
    }
  });
}

// Coming back with the browser's button must not find the fields switched off.
window.addEventListener("pageshow", () => {
  for (const field of document.querySelectorAll("[data-search] :disabled, [form]:disabled")) field.disabled = false;
});
