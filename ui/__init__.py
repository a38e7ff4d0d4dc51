"""The two faces: the Streamlit chat and the command line."""
