/** Calls back whenever an element has another size in pixels of the screen: zoom and another screen count. */
export function watchSize(element: Element, onChange: () => void): () => void {
  const observer = new ResizeObserver(onChange);
  try {
    observer.observe(element, { box: "device-pixel-content-box" });
  } catch {
    observer.observe(element); // Safari knows sizes in its own pixels alone
  }
  return () => observer.disconnect();
}
