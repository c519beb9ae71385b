"""Problems as people read them: one data file, of which the definition, the pages and the tables are made."""
