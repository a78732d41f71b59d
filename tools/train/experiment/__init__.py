"""The paper's experiment in miniature: four decoders on the features of one frozen encoder."""
