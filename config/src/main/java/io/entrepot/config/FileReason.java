package io.entrepot.config;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/** Why something could not be done to a file, in words: the JDK's own message is often the path alone. */
public final class FileReason {

    private FileReason() {}

    /** Goes behind a colon; {@code named} was named before it, another file is named here. */
    public static String of(Path named, IOException failure) {
        if (!(failure instanceof FileSystemException e) || e.getFile() == null) {
            return String.valueOf(failure.getMessage());
        }
        boolean other = !e.getFile().equals(named.toString());
        String subject = other ? e.getFile() : "it";
        if (e instanceof NoSuchFileException) {
            return subject + " does not exist";
        }
        if (e instanceof AccessDeniedException) {
            return "this user may not" + (other ? " use " + subject : "");
        }
        // the JDK says so of a file in whose place there should be a directory
        if (e instanceof NotDirectoryException || e instanceof FileAlreadyExistsException) {
            return subject + " is not a directory";
        }
        return e.getReason() == null ? String.valueOf(e.getMessage()) : (other ? subject + ": " : "") + e.getReason();
    }
}
