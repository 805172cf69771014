import { PanelLeftClose, PanelLeftOpen, PanelRightClose, PanelRightOpen } from "lucide-react";
import type { ReactNode } from "react";
import { classNames } from "@/lib/class-names";
import { isBoolean, usePersistentState } from "@/lib/use-persistent-state";
import { IconButton } from "@/ui/button";

interface ThreeColumnsProps {
  storageKey: string;
  leftTitle: string;
  rightTitle: string;
  left: ReactNode;
  center: ReactNode;
  right: ReactNode;
}

/** About 250 / flexible / 300 px; the outer ones fold away and stay so. On a phone: one below the other. */
export function ThreeColumns(props: ThreeColumnsProps) {
  const { storageKey, leftTitle, rightTitle, left, center, right } = props;
  const [isLeftOpen, setLeftOpen] = usePersistentState(`${storageKey}.left`, true, isBoolean);
  const [isRightOpen, setRightOpen] = usePersistentState(`${storageKey}.right`, true, isBoolean);
  return (
    <div
      className="columns"
      data-left={isLeftOpen ? "open" : "closed"}
      data-right={isRightOpen ? "open" : "closed"}
    >
      <aside aria-label={leftTitle} className="column-left">
        <FoldButton
          title={leftTitle}
          side="left"
          isOpen={isLeftOpen}
          onToggle={() => setLeftOpen(!isLeftOpen)}
        />
        <div className={classNames("column-body", !isLeftOpen && "md:hidden")}>{left}</div>
      </aside>
      <div className="column-center">{center}</div>
      <aside aria-label={rightTitle} className="column-right">
        <FoldButton
          title={rightTitle}
          side="right"
          isOpen={isRightOpen}
          onToggle={() => setRightOpen(!isRightOpen)}
        />
        <div className={classNames("column-body", !isRightOpen && "md:hidden")}>{right}</div>
      </aside>
    </div>
  );
}

const ICONS = {
  left: {
    open: <PanelLeftClose aria-hidden="true" />,
    closed: <PanelLeftOpen aria-hidden="true" />,
  },
  right: {
    open: <PanelRightClose aria-hidden="true" />,
    closed: <PanelRightOpen aria-hidden="true" />,
  },
};

interface FoldButtonProps {
  title: string;
  side: "left" | "right";
  isOpen: boolean;
  onToggle: () => void;
}

function FoldButton({ title, side, isOpen, onToggle }: FoldButtonProps) {
  return (
    <div className="fold" data-side={side}>
      <IconButton
        label={`${isOpen ? "Fold" : "Unfold"} ${title.toLowerCase()}`}
        aria-expanded={isOpen}
        icon={ICONS[side][isOpen ? "open" : "closed"]}
        onClick={onToggle}
      />
    </div>
  );
}
