package org.pyquartz.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** A repair's statements: each asks once more for the fault that it mends, and so hits no healthy row. */
final class Mending {
    private Mending() {}

    static int[] run(Connection conn, String[] statements, String[][] values) throws SQLException {
        int[] hit = new int[statements.length];
        for (int i = 0; i < statements.length; i++) {
            try (PreparedStatement statement = conn.prepareStatement(statements[i])) {
                for (int j = 0; j < values[i].length; j++) {
                    statement.setString(j + 1, values[i][j]);
                }
                hit[i] = statement.executeUpdate();
            }
        }
        return hit;
    }
}
