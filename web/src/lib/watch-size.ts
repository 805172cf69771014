/** Calls back whenever an element has another size, or pixels of the screen have: zoom, another screen. */
export function watchSize(element: Element, onChange: () => void): () => void {
  const observer = new ResizeObserver(onChange);
  observer.observe(element);
  let screen: MediaQueryList | undefined;
  const onScreen = () => {
    screen?.removeEventListener("change", onScreen);
    if (screen) onChange();
    screen = window.matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`);
    screen.addEventListener("change", onScreen);
  };
  onScreen();
  return () => {
    observer.disconnect();
    screen?.removeEventListener("change", onScreen);
  };
}
