import { BinList } from "@/features/run-bin/bin-list";
import { useDocumentTitle } from "@/lib/use-document-title";
import { PageBody } from "@/ui/page-body";

export function BinPage() {
  useDocumentTitle("Bin");
  return (
    <PageBody title="Bin">
      <BinList />
    </PageBody>
  );
}
