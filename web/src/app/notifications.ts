import { readStored, writeStored } from "@/lib/local-store";
import { showToast } from "@/ui/toast-store";

const KEY = "notifications";

export function areNotificationsOn(): boolean {
  if (typeof Notification === "undefined") return false;
  return readStored(KEY) === true && Notification.permission === "granted";
}

/** Asks the browser when needed; answers whether notifications are on now. */
export async function setNotificationsOn(isOn: boolean): Promise<boolean> {
  if (isOn && (await Notification.requestPermission()) !== "granted") {
    showToast({
      tone: "neutral",
      title: "Notifications are blocked",
      text: "Allow them for this site in the browser's settings; messages appear in the page meanwhile.",
    });
    writeStored(KEY, false);
    return false;
  }
  writeStored(KEY, isOn);
  return isOn;
}

/** Shows a system notification unless somebody looks at the page; `tag` keeps tabs from repeating it. */
export function notify(title: string, body: string, tag: string, onClick: () => void): void {
  if (!areNotificationsOn() || document.visibilityState === "visible") return;
  try {
    const notification = new Notification(title, { body, tag, icon: "/favicon.svg" });
    notification.onclick = () => {
      window.focus();
      onClick();
    };
  } catch {
    // Chrome on Android allows none without a service worker; the toast says the same.
  }
}
