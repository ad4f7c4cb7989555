// Before anything is drawn: say that scripts run, and whether the map was hidden in this tab.
document.documentElement.classList.add("js");
try {
  if (sessionStorage.getItem("map") === "off") document.documentElement.classList.add("map-off");
} catch {
  // A browser that keeps nothing shows the map.
}
