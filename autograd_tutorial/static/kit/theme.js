/**
 * Keep `root` light or dark as the page around it is: JupyterLab and Colab say so in attributes, others by `color-scheme`.
 * @param {HTMLElement} root
 * @returns {() => void} ends it
 */
export function followTheme(root) {
  const page = document.documentElement;
  const update = () => {
    const lab = document.body.dataset.jpThemeLight;
    const dark = lab ? lab === "false" : page.getAttribute("theme") === "dark";
    root.style.colorScheme = dark ? "dark" : lab ? "light" : "";
  };
  const watch = new MutationObserver(update);
  watch.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light"] });
  watch.observe(page, { attributes: true, attributeFilter: ["theme"] });
  update();
  return () => watch.disconnect();
}
