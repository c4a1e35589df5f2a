"""The sandbox's spreadsheets as a page in a browser, where their owner edits them."""
