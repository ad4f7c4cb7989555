// Leaflet, fetched when a map is first shown: most visits never need it.
let loading = null;

export function leaflet(folder) {
  loading ??= Promise.all([style(`${folder}leaflet.css`), script(`${folder}leaflet.js`)]).then(() => window.L);
  return loading;
}

// Before our own style sheet, which overrides it.
function style(address) {
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: address });
  return loaded(link, () => document.querySelector("[data-map-style]").before(link));
}

function script(address) {
  const element = Object.assign(document.createElement("script"), { src: address });
  return loaded(element, () => document.head.append(element));
}

function loaded(element, insert) {
  return new Promise((resolve, reject) => {
    element.addEventListener("load", resolve);
    element.addEventListener("error", reject);
    insert();
  });
}
