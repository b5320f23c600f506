"""The doors: one public function is one act (one transaction) or one read; one module a noun."""
