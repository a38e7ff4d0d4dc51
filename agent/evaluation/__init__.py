"""Whether drafts, the check, answers and their borders hold: evaluations that anyone can run, `ecg-cases trust`."""
