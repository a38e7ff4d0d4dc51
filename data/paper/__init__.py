"""ECGs on paper: photographs, scans, screenshots and PDFs of printed sheets, read to millivolts or refused."""
