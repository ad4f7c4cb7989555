// "Search in this area": offered once the map has been moved, as a link that carries the area in its address.
const DECIMALS = 3;

export function offerArea(map, region) {
  const offer = region.querySelector("[data-map-area]");
  const link = offer.querySelector("a");
  map.on("moveend", () => {
    const box = map.getBounds();
    const address = new URL(link.href);
    const sides = [box.getWest(), box.getSouth(), box.getEast(), box.getNorth()];
    address.searchParams.set("bbox", sides.map((side) => side.toFixed(DECIMALS)).join(","));
    link.href = address.href;
    offer.hidden = false;
  });
}
