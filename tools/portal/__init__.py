"""The developer portal: built from portal/ by Vite, walked in a browser (docs/adr/0050)."""
