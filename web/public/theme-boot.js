// Runs before the first paint, as a file of its own because the content security policy forbids inline scripts.
(() => {
  try {
    const theme = localStorage.getItem("gymlab.theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch {
    // Storage may be forbidden; the system's theme holds then.
  }
})();
