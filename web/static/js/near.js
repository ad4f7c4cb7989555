// "Near me": asks for the position only when pressed, and rounds it to about a hundred metres.
const DECIMALS = 3;

export function attachNear(button, form) {
  const status = form.querySelector("[data-search-status]");
  button.hidden = false;
  button.addEventListener("click", () => {
    status.textContent = button.dataset.wait;
    button.disabled = true;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => go(form, coords),
      (error) => {
        button.disabled = false;
        status.textContent = error.code === error.PERMISSION_DENIED ? button.dataset.denied : button.dataset.failed;
      },
      { timeout: 10000, maximumAge: 300000 },
    );
  });
}

function go(form, coords) {
  const address = new URL(form.action, location.href);
  const place = form.elements.place;
  for (const [name, value] of new FormData(form)) {
    if (value !== "" && name !== "near" && name !== "page" && name !== place?.name) address.searchParams.append(name, value);
  }
  address.searchParams.set("near", `${coords.latitude.toFixed(DECIMALS)},${coords.longitude.toFixed(DECIMALS)}`);
  location.assign(address);
}
