"""How an ECG is measured, one step a file: leads, beats, rhythm, boundaries of waves, voltages. `agent.measure` puts them together."""
