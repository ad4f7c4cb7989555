// The map itself: its points are read from the list in the page, so that the two always agree.
import { offerArea } from "./map-area.js";

const SWEDEN = [[55.2, 10.9], [69.1, 24.2]];
const NAMES_FROM_ZOOM = 9;
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;

export function drawMap(region) {
  const still = "mapStill" in region.dataset;
  const map = L.map(region.querySelector("[data-map-canvas]"), {
    preferCanvas: true,
    zoomAnimation: !calm,
    fadeAnimation: !calm,
    markerZoomAnimation: !calm,
    scrollWheelZoom: !still,
    dragging: !(still && L.Browser.mobile),
    keyboard: !still,
    zoomControl: false,
    minZoom: 4,
    maxZoom: region.dataset.tiles ? 18 : 14,
    attributionControl: true,
  });
  map.attributionControl.setPrefix("Leaflet");
  if (!still) L.control.zoom({ zoomInTitle: region.dataset.zoomIn, zoomOutTitle: region.dataset.zoomOut }).addTo(map);
  const points = readPoints(region);
  ground(map, region, still ? points[0].at : null);
  const markers = points.map((point) => addMarker(map, point, still));
  view(map, region, points, addHere(map, region));
  if (still) return map;
  join(points, markers);
  offerArea(map, region);
  return map;
}

function readPoints(region) {
  const list = region.querySelector("[data-hits]") ?? document.querySelector("[data-hits]");
  return [...(list?.querySelectorAll("[data-lat]") ?? [])].map((item) => {
    const link = item.querySelector("a");
    return {
      item,
      number: item.dataset.number,
      at: [Number(item.dataset.lat), Number(item.dataset.lon)],
      name: (item.dataset.name ?? link?.textContent ?? "").replaceAll("\u00ad", ""),
      href: link?.href ?? "",
    };
  });
}

function ground(map, region, around) {
  if (region.dataset.tiles) {
    L.tileLayer(region.dataset.tiles, { maxZoom: 18, referrerPolicy: "origin" }).addTo(map);
    return;
  }
  const style = () => {
    const value = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    return { fillColor: value("--land"), fillOpacity: 1, color: value("--land-line"), weight: 1 };
  };
  fetch(region.dataset.outlines)
    .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(answer.statusText))))
    .then((outlines) => {
      const filter = (area) => !around || isNear(area.geometry, around);
      const layer = L.geoJSON(outlines, { style, filter, interactive: false }).addTo(map).bringToBack();
      dark.addEventListener("change", () => layer.setStyle(style()));
      names(map, layer);
    })
    .catch(() => {});
}

// Whether an outline has a corner within about a hundred kilometres: a small still map shows no more.
function isNear({ coordinates }, [lat, lon]) {
  const numbers = coordinates.flat(Infinity);
  return numbers.some((east, n) => n % 2 === 0 && Math.abs(east - lon) < 1.5 && Math.abs(numbers[n + 1] - lat) < 0.8);
}

// Names of the municipalities in sight, once there is room for them.
function names(map, outlines) {
  const shown = L.layerGroup().addTo(map);
  const update = () => {
    shown.clearLayers();
    if (map.getZoom() < NAMES_FROM_ZOOM) return;
    outlines.eachLayer((area) => {
      const centre = area.getBounds().getCenter();
      if (map.getBounds().contains(centre)) {
        L.tooltip({ permanent: true, direction: "center", className: "place-name", interactive: false })
          .setLatLng(centre)
          .setContent(document.createTextNode(area.feature.properties.name).textContent)
          .addTo(shown);
      }
    });
  };
  map.on("moveend", update);
  if (map._loaded) update();
}

function addMarker(map, point, still) {
  const size = 30;
  const face = document.createElement("span");
  const label = document.createElement("span");
  label.textContent = point.number;
  face.append(label);
  const marker = L.marker(point.at, {
    icon: L.divIcon({ className: "marker", html: face, iconSize: [size, size], iconAnchor: [size / 2, size * 1.2] }),
    title: point.name,
    alt: point.number ? `${point.number}. ${point.name}` : point.name,
    keyboard: !still,
    interactive: !still,
  }).addTo(map);
  if (!still && point.href) marker.bindPopup(() => popup(point), { offset: [0, -size], closeButton: false });
  return marker;
}

function popup(point) {
  const box = document.createElement("div");
  const link = document.createElement("a");
  link.href = point.href;
  link.textContent = point.number ? `${point.number}. ${point.name}` : point.name;
  box.append(link);
  return box;
}

function addHere(map, region) {
  if (!region.dataset.here) return null;
  const at = region.dataset.here.split(",").map(Number);
  L.marker(at, {
    icon: L.divIcon({ className: "here", iconSize: [18, 18] }),
    title: region.dataset.hereLabel,
    alt: region.dataset.hereLabel,
    keyboard: false,
    interactive: false,
  }).addTo(map);
  return at;
}

function view(map, region, points, here) {
  if ("mapStill" in region.dataset) return map.setView(points[0].at, region.dataset.tiles ? 14 : 9);
  if (region.dataset.box) {
    const [west, south, east, north] = region.dataset.box.split(",").map(Number);
    return map.fitBounds([[south, west], [north, east]], { animate: false });
  }
  const all = [...points.map((point) => point.at), ...(here && points.length ? [here] : [])];
  if (all.length) return map.fitBounds(all, { padding: [36, 36], maxZoom: 13, animate: false });
  return map.fitBounds(here ? [here, here] : SWEDEN, { maxZoom: 10, animate: false });
}

// List and map in step: pointing at one marks the other.
function join(points, markers) {
  points.forEach((point, index) => {
    const marker = markers[index];
    const set = (on) => {
      point.item.classList.toggle("is-active", on);
      marker.getElement()?.classList.toggle("is-active", on);
      marker.setZIndexOffset(on ? 1000 : 0);
    };
    for (const event of ["mouseenter", "focusin"]) point.item.addEventListener(event, () => set(true));
    for (const event of ["mouseleave", "focusout"]) point.item.addEventListener(event, () => set(false));
    marker.on("mouseover", () => set(true));
    marker.on("mouseout", () => set(false));
    const element = marker.getElement();
    element.addEventListener("focus", () => set(true));
    element.addEventListener("blur", () => set(false));
    marker.on("popupopen", () => point.item.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" }));
  });
}
