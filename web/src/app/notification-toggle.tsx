import { Bell, BellOff } from "lucide-react";
import { useState } from "react";
import { IconButton } from "@/ui/button";
import { areNotificationsOn, setNotificationsOn } from "./notifications";

export function NotificationToggle() {
  const [isOn, setOn] = useState(areNotificationsOn);
  if (typeof Notification === "undefined") return null;
  return (
    <IconButton
      label={isOn ? "Stop browser notifications" : "Notify me when a run finishes"}
      aria-pressed={isOn}
      icon={isOn ? <Bell aria-hidden="true" /> : <BellOff aria-hidden="true" />}
      onClick={() => void setNotificationsOn(!isOn).then(setOn)}
    />
  );
}
