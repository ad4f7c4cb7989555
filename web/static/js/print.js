// A button that prints, shown only where scripts run: without them the browser's own way is there.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
