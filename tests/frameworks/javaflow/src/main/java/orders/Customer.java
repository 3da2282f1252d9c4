package orders;

import com.amazonaws.services.simpleworkflow.flow.DynamicWorkflowClientExternal;
import com.amazonaws.services.simpleworkflow.flow.DynamicWorkflowClientExternalImpl;
import com.amazonaws.services.simpleworkflow.flow.common.WorkflowExecutionUtils;
import com.amazonaws.services.simpleworkflow.flow.model.WorkflowExecution;
import com.amazonaws.services.simpleworkflow.flow.model.WorkflowType;
import com.amazonaws.services.simpleworkflow.flow.worker.GenericWorkflowClientExternalImpl;
import java.time.Duration;
import java.time.Instant;
import software.amazon.awssdk.services.swf.SwfClient;

/**
 * Orders from outside through the framework: `Customer DOMAIN WORKFLOW-ID ITEM ADDRESS` starts an order, waits for its
 * state `priced`, signals the address, waits for the end, and prints states and result.
 */
public class Customer {
    private static final long SECONDS = 60;
    private static final long PAUSE_MILLISECONDS = 50;

    public static void main(String[] arguments) throws Throwable {
        String domain = arguments[0];
        SwfClient swf = SwfClient.create();
        DynamicWorkflowClientExternal order = new DynamicWorkflowClientExternalImpl(
                WorkflowExecution.builder().workflowId(arguments[1]).build(),
                WorkflowType.builder().name("Order").version("1.0").build(),
                null,
                null,
                new GenericWorkflowClientExternalImpl(swf, domain));
        order.startWorkflowExecution(new Object[] {arguments[2]});
        System.out.println(priced(order));
        order.signalWorkflowExecution("address", new Object[] {arguments[3]});
        System.out.println(WorkflowExecutionUtils.waitForWorkflowExecutionResult(
                        swf, domain, order.getWorkflowExecution(), SECONDS)
                .result());
        System.out.println(order.getWorkflowExecutionState(String.class));
        // The clients of the SDK keep threads.
        System.exit(0);
    }

    private static String priced(DynamicWorkflowClientExternal order) throws Throwable {
        Instant deadline = Instant.now().plus(Duration.ofSeconds(SECONDS));
        while (Instant.now().isBefore(deadline)) {
            String state = order.getWorkflowExecutionState(String.class);
            if (state != null && state.startsWith("priced")) {
                return state;
            }
            Thread.sleep(PAUSE_MILLISECONDS);
        }
        throw new IllegalStateException("no price within " + SECONDS + " s");
    }
}
