// When a map is shown: at once on the large map, beside the list on a wide screen, by a button on a small one,
// and on a card when it comes into sight. It is never the only way to anything.
import { leaflet } from "./leaflet.js";
import { drawMap } from "./map-draw.js";

const beside = window.matchMedia("(min-width: 68.75rem)");
const root = document.documentElement;
root.classList.add("js"); // where early.js is not: a card, whose style asks the browser itself if it can

for (const region of document.querySelectorAll("[data-map]")) start(region);

function start(region) {
  const draw = once(() => leaflet(region.dataset.leaflet).then(() => drawMap(region)));
  const toggle = document.querySelector("[data-map-toggle]");
  if ("mapInSight" in region.dataset) whenInSight(region, draw);
  else if ("mapAlways" in region.dataset || !toggle) draw();
  else follow(region, toggle, draw);
}

function follow(region, toggle, draw) {
  const shown = () => (beside.matches ? !root.classList.contains("map-off") : region.classList.contains("is-shown"));
  const apply = () => {
    toggle.setAttribute("aria-expanded", String(shown()));
    toggle.querySelector("span").textContent = shown() ? toggle.dataset.hide : toggle.dataset.show;
    if (shown()) draw().then((map) => map.invalidateSize());
  };
  toggle.addEventListener("click", () => {
    if (beside.matches) remember(root.classList.toggle("map-off"));
    else region.classList.toggle("is-shown");
    apply();
    if (shown()) region.scrollIntoView({ block: "nearest" });
  });
  beside.addEventListener("change", apply);
  apply();
}

function remember(off) {
  try {
    sessionStorage.setItem("map", off ? "off" : "on");
  } catch {
    // The next page shows the map again.
  }
}

function whenInSight(region, draw) {
  const observer = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    observer.disconnect();
    draw();
  });
  observer.observe(region);
}

function once(make) {
  let made = null;
  return () => (made ??= make());
}
