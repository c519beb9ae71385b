"""Messages to and from banks: payment files, status reports, account statements."""
